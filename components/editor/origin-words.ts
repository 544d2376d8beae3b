/** How a draft came about, for people. */
export function originWords(origin: string): string {
  if (origin.startsWith('template:')) return 'from a template';
  switch (origin) {
    case 'version':
      return 'from a version';
    case 'import':
      return 'from a text';
    case 'observed':
      return 'from observed runs';
    case 'code':
      return 'pushed from code';
    default:
      return 'from nothing';
  }
}
