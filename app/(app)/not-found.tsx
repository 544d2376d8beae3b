import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';

export default function NotFound() {
  return (
    <>
      <title>Not found · Countersign</title>
      <PageHeader title="There is no such thing in this workspace" />
      <EmptyState
        title="Nothing stands at this address"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        It may have been removed, or it belongs to another workspace. Press ⌘K to find what you were looking
        for.
      </EmptyState>
    </>
  );
}
