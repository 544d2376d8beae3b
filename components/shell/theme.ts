export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_TITLES: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Kept in a cookie, so that the server already renders in it and nothing flashes. */
export const THEME_COOKIE = 'countersign-theme';

export function isTheme(value: string): value is Theme {
  return THEMES.some((theme) => theme === value);
}

/** Browser only: shows the theme at once and keeps it for a year. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore exists on secure origins only
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}

/** Browser only: the theme chosen, not the one it results in. */
export function chosenTheme(): Theme {
  const value = document.documentElement.dataset.theme ?? 'system';
  return isTheme(value) ? value : 'system';
}
