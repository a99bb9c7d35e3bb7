/**
 * The walls of the house, and no circles, also not of types. An import points to a folder named further left:
 * shared, storage, gallery, models, vision, liveness, attendance, people, evaluation, checkin, backup, server, hosts.
 * tests/unit/walls.test.ts breaks each rule.
 */
const MAY = {
  storage: [],
  gallery: [],
  // When a download was last tried is kept in the data folder.
  models: ['storage'],
  vision: ['gallery', 'models'],
  liveness: [],
  attendance: ['storage'],
  // The log of check-ins goes with the people in it: last seen, merged, made anonymous.
  people: ['storage', 'gallery', 'vision', 'attendance'],
  evaluation: ['storage', 'gallery', 'vision', 'people'],
  checkin: ['storage', 'gallery', 'vision', 'liveness', 'attendance'],
  // Retention erases people, pictures and lines of the log.
  backup: ['storage', 'people', 'attendance'],
  server: ['storage', 'gallery', 'models', 'vision', 'attendance', 'people', 'evaluation', 'checkin', 'backup'],
};
const SCREEN = {
  api: [],
  state: ['api'],
  camera: ['state'],
  components: ['api', 'state'],
  checkin: ['api', 'state', 'camera', 'components'],
  data: ['api', 'state', 'components'],
};
const oneOf = (names) => `(${names.join('|')})`;
const wall = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, '^src/shared/', ...allowed] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    wall('shared-knows-nobody', '^src/shared/', []),
    wall('preload-knows-shared', '^src/preload/', []),
    ...Object.entries(MAY).map(([folder, may]) =>
      wall(`main-${folder}`, `^src/main/${folder}/`, may.length === 0 ? [] : [`^src/main/${oneOf(may)}/`]),
    ),
    // Hosts hold no rule of the domain; the entries only start them.
    wall('main-hosts', '^src/main/hosts/', [`^src/main/${oneOf(Object.keys(MAY))}/`]),
    wall('main-entries', '^src/main/entry-[^/]+$', ['^src/main/']),
    ...Object.entries(SCREEN).map(([folder, may]) =>
      wall(`screen-${folder}`, `^src/renderer/${folder}/`, may.length === 0 ? [] : [`^src/renderer/${oneOf(may)}/`]),
    ),
    // Areas of the operator's screens do not know each other: AdminShell puts them together.
    {
      name: 'admin-areas',
      severity: 'error',
      from: { path: '^src/renderer/admin/([^/]+)/' },
      to: {
        path: '^src/',
        pathNot: ['^src/shared/', '^src/renderer/admin/$1/', '^src/renderer/(api|state|camera|components)/'],
      },
    },
    wall('main-and-screens-apart', '^src/renderer/', ['^src/renderer/']),
    {
      name: 'shared-runs-anywhere',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { pathNot: ['^src/', 'node_modules/(zod|@msgpack)/'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(css|json)$' },
  },
};
