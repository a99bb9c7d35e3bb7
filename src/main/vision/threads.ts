/** How many threads a model gets: what the machine has, and how much of it is this process's to use. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

/** What is asked of the system. */
interface System {
  /** Processors as the scheduler counts them, of those this process may run on: a core with two hardware threads is two. */
  readonly processors: number;
  /** x64 off Linux says nothing of its cores, and nearly all of its kind have two hardware threads in each. */
  readonly twoPerCore: boolean;
  /** A small text file of the system; null where there is none. */
  read(path: string): string | null;
}

const thisSystem = (): System => ({
  processors: availableParallelism(),
  twoPerCore: process.arch === 'x64' && process.platform !== 'linux',
  read(path) {
    if (process.platform !== 'linux') return null;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
});

/**
 * Threads a model may use. Both models are small: on two cores a second thread makes the detector about 1.6 times as fast, and
 * beyond four the hand-over costs more than it brings. They are as many as there are physical cores, as two hardware threads of one
 * core share what multiplies; at most half of the processors and one, as the rest is for the camera and the screen; and all of that
 * of the processors this process may use: its affinity, and the quota of its container (cgroup 2 and 1). How busy others keep the
 * machine does not count: a model keeps its threads until the kiosk ends, and while one opens (the system starting, a build) says
 * nothing about the day. They do not spin, so that others get what they leave.
 */
export function defaultThreads(system = thisSystem()): number {
  const quota = cpuQuota(system);
  const processors = Math.min(system.processors, quota === null ? Infinity : Math.max(1, Math.floor(quota)));
  return Math.max(1, Math.min(4, physicalCores(system), processors, Math.floor(processors / 2) + 1));
}

/** Physical cores among the processors this process may run on. Linux: Documentation/admin-guide/cputopology.rst. */
function physicalCores({ processors, twoPerCore, read }: System): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '')?.[1];
  const cores = cpuList(allowed ?? '').map((cpu) =>
    read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`)?.trim(),
  );
  if (cores.length === 0 || cores.includes(undefined))
    return twoPerCore && processors > 2 ? Math.ceil(processors / 2) : processors;
  return new Set(cores).size;
}

/** The numbers of a list as Linux writes it: `0-3,8`. */
export const cpuList = (text: string): number[] =>
  text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    if (part === '' || first === undefined || last === undefined || !(last >= first)) return [];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

/**
 * Processors' worth of time that the cgroups of this process allow, the least of them and those around them; null: as much as there
 * is. cgroup 2 says `cpu.max` (Documentation/admin-guide/cgroup-v2.rst), cgroup 1 `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
 */
export function cpuQuota({ read }: Pick<System, 'read'>): number | null {
  const quotas: number[] = [];
  for (const [, controllers = '', path = '/'] of (read('/proc/self/cgroup') ?? '').matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    const two = controllers === '';
    if (!two && !controllers.split(',').includes('cpu')) continue;
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = parts.length; depth >= 0; depth--) {
      // In a container the path is often that outside, and only the root is there to be read.
      const folder = posix.join(two ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu', ...parts.slice(0, depth));
      const text = two
        ? read(`${folder}/cpu.max`)
        : `${read(`${folder}/cpu.cfs_quota_us`) ?? ''} ${read(`${folder}/cpu.cfs_period_us`) ?? ''}`;
      const [quota = NaN, period = NaN] = (text ?? '').trim().split(/\s+/).map(Number);
      if (quota > 0 && period > 0) quotas.push(quota / period);
    }
  }
  return quotas.length === 0 ? null : Math.min(...quotas);
}
