import { notFound } from 'next/navigation';

/** Any unknown address, so that "not found" keeps the rail. */
export default function Missing(): never {
  notFound();
}
