'use client';

import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';

/** The rail stays; the page says what to do and by which reference the log knows it. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <>
      <title>Failed · Countersign</title>
      <PageHeader title="This page could not be shown" />
      <EmptyState title="Something failed on our side" action={<Button onClick={reset}>Try again</Button>}>
        Nothing was changed. If it fails again, give your administrator{' '}
        {error.digest === undefined ? 'the time' : <span className="code">{error.digest}</span>}; the server’s
        log has it too.
      </EmptyState>
    </>
  );
}
