/* All pictures of the console, 24 units square. A level has a shape of its own, so that it is known
 * without its colour. Decoration beside a word: hidden from screen readers. */
import type { JSX } from 'preact';
import { named } from './i18n';
import type { Level } from './types';

export type IconName = keyof typeof strokes;

const strokes = {
	now: 'M3 21V8l9-5 9 5v13M3 21h18M9 21v-6h6v6M8 11h.01M12 11h.01M16 11h.01',
	incidents: 'M4 6h16M4 12h16M4 18h10',
	care: 'M12 20s-8-4.7-8-10.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 15.3 12 20 12 20ZM9 12h6M12 9v6',
	crisis: 'M6 21V3M6 4h12l-3 4 3 4H6',
	assets: 'M4 5h16v10H4zM9 20h6M12 15v5',
	config: 'M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M15 4v4M9 10v4M15 16v4',
	prevention: 'M12 3l8 3v6c0 4.5-3.4 7.7-8 9-4.6-1.3-8-4.5-8-9V6zM9 12l2.2 2.2L15.5 10',
	privacy: 'M12 3v17M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z',
	state: 'M3 13h4l3-8 4 14 3-6h4',
	report: 'M4 5h16v11H9l-5 4zM12 8v3M12 13.5h.01',
	people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-3.6 3-6 6.5-6s6.5 2.4 6.5 6M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5c2.1.9 3.5 2.9 3.5 5.5',
	search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
	sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
	moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
	system: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 3v18',
	due: 'M6 3h12M6 21h12M8 3c0 5 4 6 4 9s-4 4-4 9M16 3c0 5-4 6-4 9s4 4 4 9',
	clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
	place: 'M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.8 12 21 12 21ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
	person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c0-4.2 3.6-7 8-7s8 2.8 8 7',
	step: 'M5 12h14M13 6l6 6-6 6',
	link_lost: 'M2 5l20 14M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 5-2.7M16 10.3a10 10 0 0 1 3 1.7M12 19h.01',
	keyboard: 'M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M17 11h.01M8 15h8',
	check: 'M4 12.5l5 5L20 6.5',
	close: 'M5 5l14 14M19 5 5 19',
	door: 'M6 21V4h12v17M3 21h18M14.5 12.5h.01',
	camera: 'M3 8h11l7-3v12l-7-3H3zM6 14v6M3 20h6',
	sensor: 'M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7.5 16.5a6.4 6.4 0 0 1 0-9M16.5 7.5a6.4 6.4 0 0 1 0 9M4.7 19.3a10.3 10.3 0 0 1 0-14.6M19.3 4.7a10.3 10.3 0 0 1 0 14.6',
	print: 'M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z',
	more: 'M5 12h.01M12 12h.01M19 12h.01',
} as const;

export function Icon({ name }: { name: IconName }): JSX.Element {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path d={strokes[name]} />
		</svg>
	);
}

const shapes: Record<Level, [string, string]> = {
	critical: ['M8 2h8l6 6v8l-6 6H8l-6-6V8z', 'M12 6.5v7M12 17.2v.1'],
	high: ['M12 2.5 23 21.5H1z', 'M12 9.5v5.5M12 18.2v.1'],
	medium: ['M12 1.5 22.5 12 12 22.5 1.5 12z', 'M12 7.5v5.5M12 16.2v.1'],
	low: ['M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z', 'M12 8v5M12 16.2v.1'],
	informational: ['M4 4h16v16H4z', 'M12 7.8v.1M12 11.5v5'],
};

/* Drawn into another SVG at x, y as well. */
export function LevelMark({ level, x, y, size }: { level: Level; x?: number; y?: number; size?: number }): JSX.Element {
	const [outer, inner] = shapes[level];
	return (
		<svg class={`mark level-${level}`} viewBox="0 0 24 24" x={x} y={y} width={size} height={size} aria-hidden="true" focusable="false">
			<path class="mark-shape" d={outer} />
			<path class="mark-sign" d={inner} />
		</svg>
	);
}

export function LevelTag({ level }: { level: Level }): JSX.Element {
	return <span class={`level level-${level}`}><LevelMark level={level} />{named('level', level)}</span>;
}
