'use client';

import './globals.css';

/** When even the layout failed, most often because the database does not answer. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <title>Failed · Countersign</title>
        <main className="mx-auto grid max-w-xl gap-3 px-4 py-16">
          <h1 className="text-xl font-semibold">Countersign cannot show anything right now</h1>
          <p className="text-ink-2">
            Most often the database does not answer. Agents are not affected by this page. The server’s log
            has it
            {error.digest === undefined ? '' : ` under ${error.digest}`}.
          </p>
          <p>
            <button
              type="button"
              onClick={reset}
              className="rounded-md border border-line-strong bg-sheet px-3 py-1.5 font-medium"
            >
              Try again
            </button>
          </p>
        </main>
      </body>
    </html>
  );
}
