/** Set by proxy.ts on every page request, since a layout cannot know the path it is rendered for. */
export const PATH_HEADER = 'x-countersign-path';
