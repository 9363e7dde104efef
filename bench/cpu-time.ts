/**
 * CPU time of this process so far, ms. The bench compares CPU time, which a neighbour on the machine disturbs far less than the time on
 * the wall; alone on a machine the two are the same, for all that is compared runs on one thread.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time that `work` takes, ms. */
export function timeMs(work: () => void): number {
  const begin = cpuMs();
  work();
  return cpuMs() - begin;
}
