/**
 * What may import what (docs/architecture.md). `npm test` fails on a breach.
 * Tests may import anything that is not a route.
 */
const PURE = '^lib/(contract|response|lifecycle|decision|scoring|telemetry|evidence)/';
const TEST = '\\.test\\.tsx?$|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it and it imports nobody: it is dead, or in the wrong place.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '(^|/)[^/]+\\.config\\.(ts|mjs)$', '^app/', '^scripts/'],
      },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'It imports what is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'decision-stands-alone',
      comment:
        'evaluate() runs in the runtime plane, in SDKs and in backtests: it depends on nothing at all.',
      severity: 'error',
      from: { path: '^lib/decision/', pathNot: TEST },
      to: { pathNot: '^lib/decision/' },
    },
    {
      name: 'pure-core',
      comment:
        'The core does no input or output: it imports itself, the error vocabulary, and libraries that only compute.',
      severity: 'error',
      from: { path: PURE, pathNot: [TEST, '^lib/decision/'] },
      to: {
        pathNot: [
          PURE,
          '^lib/(errors|format)\\.ts$',
          '^node_modules/(zod|yaml|canonicalize|protobufjs|long|node-diff3|refa|scslre|saxes|csv-parse|@eslint-community/regexpp)/',
          '^(node:)?(crypto|buffer)$',
        ],
      },
    },
    {
      name: 'database-behind-services',
      comment: 'Data is reached through services, which authorize first.',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/(services|db|auth)/',
          '^scripts/(instance/|dev\\.ts$|migration\\.ts$)',
          '^bench/',
          '^e2e/instance\\.ts$',
          TEST,
        ],
      },
      to: { path: '^lib/db/' },
    },
    {
      name: 'nothing-imports-app',
      comment: 'app/ is routes; what others need too belongs in components/ or lib/.',
      severity: 'error',
      from: { pathNot: '^app/' },
      to: { path: '^app/' },
    },
    {
      name: 'lib-below-all',
      comment: 'lib knows nothing of those who use it.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(app|components|runtime|scripts|bench|e2e|sdk|cli)/' },
    },
    {
      name: 'planes-apart',
      comment: 'The dashboard and the runtime plane share lib and nothing else.',
      severity: 'error',
      from: { path: '^(app|components)/' },
      to: { path: '^(runtime|scripts|bench|e2e)/' },
    },
    {
      name: 'cli-stands-alone',
      comment:
        'The command line is shipped without a server: of lib it takes what is pure, and the MCP client.',
      severity: 'error',
      from: { path: '^cli/', pathNot: TEST },
      to: {
        path: '^(app|components|runtime|scripts|bench|e2e|sdk)/|^lib/(auth|db|config|services)',
        pathNot: '^lib/services/catalogue/(mcp-tools|source-tool)\\.ts$',
      },
    },
    {
      name: 'planes-apart-too',
      severity: 'error',
      from: { path: '^runtime/', pathNot: TEST },
      to: { path: '^(components|scripts|bench|e2e)/|^node_modules/(next|react|next-auth)/' },
    },
    {
      name: 'no-test-code-in-product',
      severity: 'error',
      from: { path: '^(app|components|lib|runtime|sdk|scripts|cli)/', pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-development-packages-in-product',
      severity: 'error',
      from: { path: '^(app|components|lib|runtime|sdk|cli)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules/|^lib/db/generated/' },
    exclude: { path: '^(\\.next|dist|\\.data)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
