'use client';

import { useEffect } from 'react';

/**
 * Marks the clause the address names. `:target` alone would miss links that come from inside the app, and clauses that
 * are read inside another (`tools/x/categories` inside `tools/x`).
 */
export function ClauseMark() {
  useEffect(() => {
    let marked: HTMLElement | undefined;
    const mark = (scroll: boolean) => {
      marked?.removeAttribute('data-marked');
      marked = undefined;
      const id = anchorOf(location.hash);
      const place = id === '' ? null : (document.getElementById(id) ?? document.getElementById(nearest(id)));
      if (place === null) return;
      const clause = place.closest('[data-clause]');
      if (clause instanceof HTMLElement) {
        clause.setAttribute('data-marked', '');
        marked = clause;
      }
      if (scroll) place.scrollIntoView({ block: 'start' });
    };
    const onHash = () => mark(false);
    mark(true);
    window.addEventListener('hashchange', onHash);
    return () => {
      window.removeEventListener('hashchange', onHash);
      marked?.removeAttribute('data-marked');
    };
  }, []);
  return null;
}

function anchorOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

/** The closest clause above that the page has: `tools/x/arguments/y` is read in `tools/x/arguments`. */
function nearest(id: string): string {
  let path = id;
  while (path.includes('/')) {
    path = path.slice(0, path.lastIndexOf('/'));
    if (document.getElementById(path) !== null) return path;
  }
  return path;
}
