/** Threads follow the physical cores that are this process's to use. */
import { describe, expect, test } from 'vitest';
import { cpuList, cpuQuota, defaultThreads } from '../../src/main/vision/session.ts';

/** A Linux machine: which processors share a core, which of them are allowed, and the files of its cgroups. */
function machine(
  siblings: readonly string[],
  files: Record<string, string> = {},
  allowed = `0-${siblings.length - 1}`,
) {
  const all: Record<string, string> = {
    '/proc/self/status': `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\nMems_allowed_list:\t0\n`,
    ...Object.fromEntries(
      siblings.map((list, cpu) => [`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, `${list}\n`]),
    ),
    ...files,
  };
  return { processors: cpuList(allowed).length, twoPerCore: false, read: (path: string) => all[path] ?? null };
}
const pairs = (cores: number): string[] =>
  Array.from({ length: 2 * cores }, (_, cpu) => `${cpu % cores},${(cpu % cores) + cores}`);
const alone = (cores: number): string[] => Array.from({ length: cores }, (_, cpu) => String(cpu));

describe('threads of a model', () => {
  test.each([
    ['one core', alone(1), 1],
    ['two cores', alone(2), 2],
    ['four cores: one is left for camera and screen', alone(4), 3],
    ['sixteen cores: more than four bring nothing', alone(16), 4],
    ['one core with two hardware threads is one', pairs(1), 1],
    ['two cores with two hardware threads each', pairs(2), 2],
    ['four cores with two hardware threads each', pairs(4), 4],
    ['siblings that are written as a range', ['0-1', '0-1', '2-3', '2-3'], 2],
  ])('%s', (_, siblings, threads) => expect(defaultThreads(machine(siblings))).toBe(threads));

  test('affinity: only processors it may run on, and two of one core are one', () => {
    expect(defaultThreads(machine(alone(8), {}, '2-3'))).toBe(2);
    expect(defaultThreads(machine(pairs(4), {}, '1,5'))).toBe(1);
    expect(defaultThreads(machine(pairs(4), {}, '1-2,5'))).toBe(2);
  });

  test('a container with a quota of one and a half processors on eight cores gets one thread', () => {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' };
    expect(defaultThreads(machine(alone(8), files))).toBe(1);
    expect(defaultThreads(machine(alone(8), { ...files, '/sys/fs/cgroup/cpu.max': '50000 100000\n' }))).toBe(1);
    expect(defaultThreads(machine(alone(8), { ...files, '/sys/fs/cgroup/cpu.max': '200000 100000\n' }))).toBe(2);
    expect(defaultThreads(machine(alone(8), { ...files, '/sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBe(4);
  });

  test('a system that tells nothing of its cores', () => {
    const read = () => null;
    expect(defaultThreads({ processors: 8, twoPerCore: false, read })).toBe(4);
    expect(defaultThreads({ processors: 4, twoPerCore: true, read })).toBe(2);
    expect(defaultThreads({ processors: 2, twoPerCore: true, read })).toBe(2);
    expect(defaultThreads({ processors: 1, twoPerCore: true, read })).toBe(1);
  });

  test('this machine gets at least one', () => expect(defaultThreads()).toBeGreaterThan(0));
});

describe('quota of the cgroups', () => {
  const quota = (files: Record<string, string>): number | null => cpuQuota({ read: (path) => files[path] ?? null });

  test('the least of the group and those around it', () => {
    expect(
      quota({
        '/proc/self/cgroup': '0::/kiosk.slice/lintel.service\n',
        '/sys/fs/cgroup/kiosk.slice/cpu.max': '300000 100000\n',
        '/sys/fs/cgroup/kiosk.slice/lintel.service/cpu.max': 'max 100000\n',
      }),
    ).toBe(3);
  });

  test('cgroup 1, also where the path is that outside of the container', () => {
    const groups = { '/proc/self/cgroup': '5:cpuset:/docker/1a\n4:cpu,cpuacct:/docker/1a\n0::/docker/1a\n' };
    const at = (quota: string) => ({
      ...groups,
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(quota(at('250000\n'))).toBe(2.5);
    expect(quota(at('-1\n'))).toBeNull();
  });

  test('none, and what is no number', () => {
    expect(quota({})).toBeNull();
    expect(quota({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'what\n' })).toBeNull();
  });
});

test('lists of processors', () => {
  expect(cpuList('0-3,8,10-11')).toEqual([0, 1, 2, 3, 8, 10, 11]);
  expect(cpuList('')).toEqual([]);
});
