import Link from 'next/link';

export default function NotFound() {
  return (
    <main id="main" className="mx-auto grid max-w-xl gap-2 px-4 py-16">
      <title>Not found · Countersign</title>
      <h1 className="text-xl font-semibold">There is nothing at this address</h1>
      <p className="text-ink-2">The link may be mistyped.</p>
      <p>
        <Link href="/" className="prose-link">
          Go to the overview
        </Link>
      </p>
    </main>
  );
}
