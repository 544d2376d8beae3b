'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { type ReactNode, useEffect, useRef } from 'react';

/**
 * A row of links that scrolls sideways where it does not fit: what goes on past an edge fades out there, and the
 * current link is brought into view.
 */
export function Strip({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  const box = useRef<HTMLElement>(null);
  const path = usePathname();
  const search = useSearchParams().get('tab');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what moves it
  useEffect(() => {
    const strip = box.current;
    const current = strip?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!strip || !current) return;
    const start = current.offsetLeft - FADE_PX;
    const end = current.offsetLeft + current.offsetWidth + FADE_PX;
    if (start < strip.scrollLeft) strip.scrollLeft = start;
    else if (end > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = end - strip.clientWidth;
  }, [path, search]);

  useEffect(() => {
    const strip = box.current;
    if (!strip) return;
    const look = () => {
      const hidden = strip.scrollWidth - strip.clientWidth - strip.scrollLeft;
      strip.style.setProperty('--fade-start', strip.scrollLeft > 1 ? `${FADE_PX}px` : '0px');
      strip.style.setProperty('--fade-end', hidden > 1 ? `${FADE_PX}px` : '0px');
    };
    look();
    strip.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(strip);
    return () => {
      strip.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, []);

  return (
    <nav ref={box} aria-label={label} className={`fade-edges relative flex overflow-x-auto ${className}`}>
      {children}
    </nav>
  );
}

const FADE_PX = 28;
