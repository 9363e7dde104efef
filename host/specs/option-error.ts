import { InputError } from "./input-error.js";

/** What a message calls an option of a planner: its name, for the command line the flag. */
export type OptionNaming = (option: string) => string;

/** A mistake in an option of a planner: its message can be said again with other names for options. */
export class OptionError extends InputError {
  /** @param sentence The message, by what it is to call options. */
  constructor(private readonly sentence: (nameOf: OptionNaming) => string) {
    super(sentence((option) => option));
  }

  /** The same mistake in the names of another place. */
  named(nameOf: OptionNaming): InputError {
    return new InputError(this.sentence(nameOf));
  }
}
