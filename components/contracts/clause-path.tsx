import { Fragment } from 'react';

/** A clause's name that breaks where a reader would: behind a slash or dot, before a capital. */
export function ClausePath({ path }: { path: string }) {
  return path.split(/(?<=[/.])|(?<=[a-z])(?=[A-Z])/).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a name never change places
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {piece}
    </Fragment>
  ));
}
