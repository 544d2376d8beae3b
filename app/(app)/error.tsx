'use client';

import { Failed } from '@/components/shell/failed';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet, SheetBody } from '@/components/ui/sheet';

/** The rail stays; the page says what failed, by which reference the log knows it, and comes back after an outage. */
export default function ErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <>
      <title>Failed · Countersign</title>
      <PageHeader title="This page could not be shown" />
      <Sheet>
        <SheetBody>
          <Failed digest={error.digest} />
        </SheetBody>
      </Sheet>
    </>
  );
}
