// A violation of the protocol: what is wrong, for people.
export function fail(message) {
  const violation = new Error(message);
  violation.isViolation = true;
  throw violation;
}
