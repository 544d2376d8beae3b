import { createLoader, createParser, createSerializer, parseAsString } from 'nuqs/server';

/** What the board shows, as it stands in the URL. */
export const boardParsers = {
  /** A business unit; empty: all. */
  unit: parseAsString.withDefault(''),
  /** Only what waits for the reader. */
  mine: createParser<boolean>({
    parse: (text) => (text === '1' ? true : null),
    serialize: () => '1',
  }).withDefault(false),
};
export const loadBoardSearch = createLoader(boardParsers);
export const boardQuery = createSerializer(boardParsers);
