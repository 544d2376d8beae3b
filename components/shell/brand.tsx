/** A signature over a line, and the name where there is room for it. */
export function Brand({ mark = false }: { mark?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold">
      <svg
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        aria-hidden="true"
      >
        <path d="M2 11.5c3-6 5-6 5-2.5s2 3 4-1 5-3 5-3" />
        <path d="M2 15.5h14" />
      </svg>
      {mark ? null : 'Countersign'}
    </span>
  );
}
