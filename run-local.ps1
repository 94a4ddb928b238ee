#!/usr/bin/env pwsh
<#
.SYNOPSIS
A cluster on one machine: Redis and three silos, with an example submitted and its status shown until it is done.
.DESCRIPTION
Everything listens on loopback and lives in one temporary folder, but for the tables, which stand where the pipeline file says.
Needs the .NET 10 SDK and redis-server (on Windows: a Redis for Windows or Memurai on the PATH as redis-server, or -Redis HOST:PORT of a running one).
.PARAMETER Pipeline
The pipeline file to submit.
.PARAMETER Silos
How many silos to start.
.PARAMETER Port
The first silo's port; the others take the ones after it, Redis the one before.
.PARAMETER Redis
HOST:PORT of a Redis that runs already, instead of starting one.
.PARAMETER On
What the silos' grains live on: orleans or redis; auto takes Microsoft Orleans where its packages restore.
.PARAMETER Stay
Keeps the cluster until Ctrl-C.
.EXAMPLE
./run-local.ps1 my.yaml -Silos 5 -Stay
#>
[CmdletBinding()]
param(
    [string] $Pipeline = 'examples/cluster/quarters.yaml',
    [ValidateRange(1, 99)] [int] $Silos = 3,
    [ValidateRange(1025, 64999)] [int] $Port = 7420,
    [string] $Redis = '',
    [ValidateSet('auto', 'orleans', 'redis')] [string] $On = 'auto',
    [switch] $Stay
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
# A native command that fails is looked at here, not thrown half-way through a clean-up.
$PSNativeCommandUseErrorActionPreference = $false
Push-Location $PSScriptRoot
$folder = Join-Path ([IO.Path]::GetTempPath()) "datamesh.$([Guid]::NewGuid().ToString('N').Substring(0, 8))"
$processes = [Collections.Generic.List[Diagnostics.Process]]::new()

function Start-Logged([string] $Name, [string] $File, [string[]] $Arguments) {
    $process = Start-Process -FilePath $File -ArgumentList $Arguments -PassThru -NoNewWindow `
        -RedirectStandardOutput (Join-Path $folder "$Name.log") -RedirectStandardError (Join-Path $folder "$Name.err.log")
    $processes.Add($process)
    return $process
}

function Wait-Ready([string] $Name, [int] $At, [Diagnostics.Process] $Process) {
    $deadline = [DateTime]::UtcNow.AddSeconds(30)
    while ($true) {
        try {
            Invoke-WebRequest -Uri "http://127.0.0.1:$At/health/ready" -TimeoutSec 2 -UseBasicParsing | Out-Null
            return
        }
        catch {
            if ($Process.HasExited -or [DateTime]::UtcNow -gt $deadline) {
                Get-Content (Join-Path $folder "$Name*.log") -Tail 20 | Write-Host
                throw "$Name did not start."
            }
            Start-Sleep -Milliseconds 200
        }
    }
}

function Stop-Silo([Diagnostics.Process] $Process) {
    if ($Process.HasExited) { return }
    # A graceful leave where the system has signals; elsewhere an end that the commit protocol stands as well.
    if ($IsLinux -or $IsMacOS) { & kill -TERM $Process.Id } else { $Process.Kill() }
}

try {
    if (-not (Test-Path -LiteralPath $Pipeline -PathType Leaf)) { throw "There is no file '$Pipeline'." }
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { throw "The .NET 10 SDK is needed (command 'dotnet')." }
    if (-not $Redis -and -not (Get-Command redis-server -ErrorAction SilentlyContinue)) {
        throw 'redis-server is needed: install it, or name one that runs with -Redis HOST:PORT.'
    }
    New-Item -ItemType Directory -Path $folder | Out-Null

    if ($On -eq 'auto') {
        dotnet restore (Join-Path $PSScriptRoot 'cluster/orleans-packages.csproj') -v quiet | Out-Null
        $On = if ($LASTEXITCODE -eq 0) { 'orleans' } else { 'redis' }
    }
    Write-Host "$Silos silos on $(if ($On -eq 'orleans') { 'Microsoft Orleans and Redis' } else { 'Redis' })"
    if ($On -eq 'orleans') { $env:OrleansEngine = 'true' }

    $out = Join-Path $PSScriptRoot 'artifacts/datamesh'
    # On Windows PowerShell 5 the variable $IsWindows does not exist; that version runs on Windows only.
    $onWindows = -not (Get-Variable IsWindows -ErrorAction SilentlyContinue) -or $IsWindows
    $binary = Join-Path $out $(if ($onWindows) { 'datamesh.exe' } else { 'datamesh' })
    # A build without the Orleans host is of no use then.
    if ($On -eq 'orleans' -and (Test-Path $binary) -and ((& $binary silo --help) -match 'not compiled')) { Remove-Item $binary }
    if ($onWindows) {
        dotnet publish (Join-Path $PSScriptRoot 'src/DataMesh.Cli') -c Release -r win-x64 --self-contained false -p:PublishReadyToRun=true -o $out -nologo -v quiet
    }
    else {
        ./datamesh --version | Out-Null
    }
    if ($LASTEXITCODE -ne 0) { throw 'The build failed.' }

    if (-not $Redis) {
        $Redis = "127.0.0.1:$($Port - 1)"
        Start-Logged 'redis' 'redis-server' @('--port', ($Port - 1), '--bind', '127.0.0.1', '--dir', $folder, '--appendonly', 'yes', '--save', '""') | Out-Null
    }
    $members = for ($i = 0; $i -lt $Silos; $i++) {
        Start-Logged "silo$i" $binary @('silo', '--host', $On, '--redis', $Redis, '--listen', "127.0.0.1:$($Port + $i)", '--state', (Join-Path $folder "silo$i"))
    }
    $members = @($members)
    for ($i = 0; $i -lt $Silos; $i++) { Wait-Ready "silo$i" ($Port + $i) $members[$i] }

    $env:DATAMESH_SILO = "http://127.0.0.1:$Port"
    & $binary cluster
    $submitted = Start-Logged 'submit' $binary @('submit', $Pipeline, '--wait')
    $line = Select-String -LiteralPath $Pipeline -Pattern '^pipeline:\s*["'']?([^"''#]+?)["'']?\s*(#.*)?$' | Select-Object -First 1
    if ($null -eq $line) { throw "'$Pipeline' names no pipeline." }
    while (-not $submitted.WaitForExit(1000)) { & $binary status $line.Matches[0].Groups[1].Value }
    $submitted.WaitForExit()
    $code = $submitted.ExitCode
    Get-Content (Join-Path $folder 'submit.log'), (Join-Path $folder 'submit.err.log')
    if ($code -eq 0) { & $binary ledger $Pipeline }
    if ($Stay) {
        Write-Host "The cluster stays until Ctrl-C: DATAMESH_SILO=$env:DATAMESH_SILO datamesh top"
        while (-not $members[0].HasExited) { Start-Sleep -Seconds 1 }
    }
    exit $code
}
finally {
    # Silos first: they hand over through Redis.
    $processes | Where-Object { $_.ProcessName -like 'datamesh*' } | ForEach-Object { Stop-Silo $_ }
    $processes | Where-Object { -not $_.HasExited -and $_.ProcessName -like 'datamesh*' } | ForEach-Object { if (-not $_.WaitForExit(40000)) { $_.Kill() } }
    $processes | Where-Object { -not $_.HasExited } | ForEach-Object { $_.Kill() }
    if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue }
    Pop-Location
}
