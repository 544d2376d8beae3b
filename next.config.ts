import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // `npm test` builds beside the build that a running instance serves.
  distDir: process.env.COUNTERSIGN_BUILD_FOLDER ?? '.next',
  reactStrictMode: true,
  poweredByHeader: false,
  // A contract of a million characters, three bytes each, with room for the form around it.
  experimental: { serverActions: { bodySizeLimit: '4mb' } },
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  // Loaded by Node as they are: native code, or files beside the module.
  serverExternalPackages: [
    'pg',
    '@node-rs/argon2',
    'pino',
    '@prisma/client',
    '@prisma/adapter-pg',
    '@react-pdf/renderer',
  ],
  // `npm test` checks types over the whole repository; a start need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Pages get theirs, with a policy of scripts, from proxy.ts.
  headers: async () => [
    {
      source: '/api/:path*',
      headers: [
        { key: 'x-content-type-options', value: 'nosniff' },
        { key: 'referrer-policy', value: 'no-referrer' },
        { key: 'content-security-policy', value: "default-src 'none'; frame-ancestors 'none'" },
      ],
    },
    {
      // Over the one above: what somebody attached is never a page of ours, whatever a browser makes of it.
      source: '/api/evidence/:id/file',
      headers: [
        {
          key: 'content-security-policy',
          value: "sandbox; default-src 'none'; frame-ancestors 'none'",
        },
      ],
    },
    { source: '/_next/static/:path*', headers: [{ key: 'x-content-type-options', value: 'nosniff' }] },
  ],
};

export default config;
