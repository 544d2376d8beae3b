import { ButtonLink } from './button';
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
