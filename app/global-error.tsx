'use client';

import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { Brand } from '@/components/shell/brand';
import { Failed } from '@/components/shell/failed';

/** When even the layout failed, most often because the database does not answer. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body>
        <title>Failed · Countersign</title>
        <div className="mx-auto grid min-h-dvh w-full max-w-3xl content-start gap-8 px-4 py-8 md:py-16">
          <header>
            <Brand />
          </header>
          <main id="main">
            <Failed digest={error.digest} level={1} />
          </main>
        </div>
      </body>
    </html>
  );
}
