/** Does the last of many things, when there has been quiet for a while. */
export class Debounce {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly quietMs: number) {}

  later(work: () => void): void {
    this.stop();
    this.timer = setTimeout(work, this.quietMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  dispose(): void {
    this.stop();
  }
}
