/** When to try again: exponential, 0.5 to 15 s, with jitter so that many pages do not come back at once. */
export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 15_000;

/** The wait before attempt number `attempt` (0 is the first after a loss); `random` is in [0, 1). */
export function reconnectDelay(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full * (0.5 + random / 2));
}
