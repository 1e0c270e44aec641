/** Counts crashes, so that a server that cannot live is not started for ever. */

export const CRASHES = 4;
export const WITHIN_MS = 3 * 60_000;

export class Crashes {
  private times: number[] = [];

  /** Notes a crash; tells whether the server should be started again. */
  restartAfter(now: number): boolean {
    this.times = [...this.times.filter((time) => now - time < WITHIN_MS), now];
    return this.times.length < CRASHES;
  }

  forget(): void {
    this.times = [];
  }
}
