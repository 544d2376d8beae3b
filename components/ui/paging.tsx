import { Button, ButtonLink } from './button';
import { SheetFoot } from './sheet';

/** Under a list that is read newest first, page by page: the way back to its beginning and on. Nothing when there is one page. */
export function PagingFoot({
  first,
  next,
}: {
  /** Address of the first page; null on it. */
  first: string | null;
  /** Address of the page after; null on the last. */
  next: string | null;
}) {
  if (first === null && next === null) return null;
  return (
    <SheetFoot>
      <nav aria-label="Pages" className="flex gap-2">
        {first === null ? null : (
          <ButtonLink size="small" href={first}>
            Newest
          </ButtonLink>
        )}
        {next === null ? null : (
          <ButtonLink size="small" href={next}>
            Older
          </ButtonLink>
        )}
      </nav>
    </SheetFoot>
  );
}

/** Under a list that turns its pages in place: back and on, each null where there is nothing that way. */
export function Paging({
  back,
  next,
}: {
  back: { label: 'First' | 'Previous'; go: (() => void) | null };
  next: (() => void) | null;
}) {
  if (back.go === null && next === null) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
      <Button disabled={back.go === null} onClick={back.go ?? undefined}>
        {back.label}
      </Button>
      <Button disabled={next === null} onClick={next ?? undefined}>
        Next
      </Button>
    </nav>
  );
}
