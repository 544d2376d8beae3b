// @ts-check
/**
 * `node scripts/complete-lock.mjs` after a change of packages: a registry that carries only some platforms makes
 * npm leave the builds for the others out of package-lock.json, and `npm ci` then refuses the file everywhere.
 * Their versions are pinned by the packages that name them, and their platforms are in their names.
 * With --check it only says what is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
/** As they stand in names of packages, and as npm's `cpu` has them. */
const PROCESSORS = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
};

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
/** @type {string[]} */
const missing = [];
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (path === '' || found(path, name) || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const parts = name.split(/[/-]/);
    const os = parts.filter((part) => SYSTEMS.includes(part));
    const cpu = Object.entries(PROCESSORS).flatMap(([word, value]) => (parts.includes(word) ? [value] : []));
    if (os.length === 0 && cpu.length === 0) continue;
    missing.push(`${name}@${version}`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(dev ? { dev: true } : {}),
      ...(/musl/.test(name) ? { libc: ['musl'] } : {}),
      optional: true,
      ...(os.length > 0 ? { os } : {}),
    };
  }
}

if (missing.length === 0) console.log('The lockfile names every platform.');
else if (process.argv.includes('--check')) {
  console.error(`The lockfile lacks ${missing.join(', ')}: run node scripts/complete-lock.mjs.`);
  process.exitCode = 1;
} else {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`Added ${missing.join(', ')}.`);
}

/**
 * Whether a package that `path` asks for is in the tree, beside it or further up.
 * @param {string} path
 * @param {string} name
 */
function found(path, name) {
  for (
    let at = path;
    ;
    at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : ''
  ) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}
