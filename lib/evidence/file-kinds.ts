/** Bytes of an attached file. */
export const MOST_FILE_BYTES = 20 * 1000 * 1000;

/** Bytes of a file of eval results, which is read as a whole. */
export const MOST_EVAL_BYTES = 32 * 1024 * 1024;
export const EVALS_TOO_LARGE =
  'A file of results may have 32 MiB. Send the totals of each criterion instead, or import its cases as CSV under Signals.';

export interface FileKind {
  /** With its article: "a PDF". */
  title: string;
  endings: readonly [string, ...string[]];
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** What may be attached, by what its bytes are. */
export const BINARY_FILES: Readonly<Record<string, FileKind>> = {
  'application/pdf': { title: 'a PDF', endings: ['pdf'] },
  'image/png': { title: 'a PNG image', endings: ['png'] },
  'image/jpeg': { title: 'a JPEG image', endings: ['jpg', 'jpeg'] },
  'image/webp': { title: 'a WebP image', endings: ['webp'] },
  [`${OFFICE}.wordprocessingml.document`]: { title: 'a Word document', endings: ['docx'] },
  [`${OFFICE}.spreadsheetml.sheet`]: { title: 'an Excel workbook', endings: ['xlsx'] },
  [`${OFFICE}.presentationml.presentation`]: { title: 'a PowerPoint presentation', endings: ['pptx'] },
};
/** Plain text, by its ending. */
export const TEXT_FILES: Readonly<Record<string, { mediaType: string; title: string }>> = {
  txt: { mediaType: 'text/plain', title: 'plain text' },
  log: { mediaType: 'text/plain', title: 'plain text' },
  md: { mediaType: 'text/markdown', title: 'Markdown' },
  csv: { mediaType: 'text/csv', title: 'CSV' },
  json: { mediaType: 'application/json', title: 'JSON' },
};

/** The endings a file picker offers. */
export const FILE_ENDINGS = [
  ...Object.values(BINARY_FILES).flatMap(({ endings }) => endings),
  ...Object.keys(TEXT_FILES),
] as const;
