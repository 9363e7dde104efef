/** Adds up how many requests several runs, one after the other, have played. */
export class RunsProgress {
  private before = 0;
  private inRun = 0;

  /** @param tell Told how many requests all runs have played. */
  constructor(private readonly tell: (played: number) => void | Promise<void>) {}

  /** To be told how many the present run has played. */
  readonly update = (played: number): void | Promise<void> => {
    this.inRun = played;
    return this.tell(this.before + played);
  };

  /** To be called after each run. */
  endRun(): void {
    this.before += this.inRun;
    this.inRun = 0;
  }
}
