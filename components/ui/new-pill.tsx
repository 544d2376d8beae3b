'use client';

import { formatCount } from '@/lib/format';

/** "3 new", over the top edge of a list; the list moves only when it is pressed. `exact` false: there may be more than `count`. */
export function NewPill({
  count,
  exact = true,
  onShow,
}: {
  count: number;
  exact?: boolean;
  onShow: () => void;
}) {
  const told = `${formatCount(count)}${exact ? '' : '+'} new`;
  return (
    <>
      {count > 0 ? (
        <div className="pointer-events-none absolute inset-x-0 -top-5 z-20 flex justify-center">
          <button
            type="button"
            onClick={onShow}
            className="pointer-events-auto min-h-7 rounded-full bg-accent px-3 text-sm font-medium text-accent-ink shadow-float"
          >
            {told}
          </button>
        </div>
      ) : null}
      <div role="status" className="sr-only">
        {count > 0 ? `${told}, not shown yet` : ''}
      </div>
    </>
  );
}
