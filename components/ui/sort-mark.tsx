/** Which way a column is sorted; both ways, faint, when it is not. */
export function SortMark({ state }: { state: 'asc' | 'desc' | null }) {
  return (
    <svg
      viewBox="0 0 8 10"
      className={`h-2.5 w-2 ${state === null ? 'opacity-35' : ''}`}
      fill="currentColor"
      aria-hidden="true"
    >
      <path
        d={state === 'asc' ? 'M4 1l3 4H1z' : state === 'desc' ? 'M4 9L1 5h6z' : 'M4 0l3 4H1zM4 10L1 6h6z'}
      />
    </svg>
  );
}
