/**
 * A mistake in what the user gave: a file, a flag, a field. Its message is one sentence that names where, what was found and
 * what is allowed. The command line prints it without a stack trace and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = "InputError";
}
