import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { isTheme, THEME_COOKIE } from '@/components/shell/theme';

export const metadata: Metadata = {
  title: { template: '%s · Countersign', default: 'Countersign' },
  description: 'What an AI agent may do, who owns it, how it is measured, and what happens when it breaches.',
  // Titles and incident names are nobody's business but ours.
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafaf8' },
    { media: '(prefers-color-scheme: dark)', color: '#101113' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const wished = (await cookies()).get(THEME_COOKIE)?.value;
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      {...(wished !== undefined && isTheme(wished) && wished !== 'system' ? { 'data-theme': wished } : {})}
    >
      <body>
        <noscript>
          <p className="border-b border-line bg-medium-soft px-4 py-2">
            Countersign needs JavaScript, which is switched off in this browser. Pages can be read; nothing
            can be done on them.
          </p>
        </noscript>
        <NuqsAdapter>{children}</NuqsAdapter>
      </body>
    </html>
  );
}
