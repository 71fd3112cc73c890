/* Long lists, of which only the rows are drawn that are looked at. */
import { useEffect, useRef, useState } from 'preact/hooks';

const SPARE = 12; /* rows drawn above and below what is seen */

/* Which rows are to be drawn, by where the page is scrolled. */
export function useWindow(n: number): { box: { current: HTMLUListElement | null }; from: number; to: number; row: number } {
	const box = useRef<HTMLUListElement>(null);
	const [seen, set] = useState({ from: 0, to: 60, row: 52 });
	useEffect(() => {
		let frame = 0;
		const measure = () => {
			frame = 0;
			const ul = box.current;
			const li = ul?.querySelector('li');
			if (!ul || !li) return;
			const row = li.getBoundingClientRect().height || 52;
			const top = -ul.getBoundingClientRect().top;
			const from = Math.max(0, Math.floor(top / row) - SPARE);
			set((s) => {
				const to = from + Math.ceil(innerHeight / row) + 2 * SPARE;
				return s.from === from && s.to === to && s.row === row ? s : { from, to, row };
			});
		};
		const kick = () => { frame ||= requestAnimationFrame(measure); };
		kick();
		addEventListener('scroll', kick, { passive: true, capture: true });
		addEventListener('resize', kick);
		return () => {
			cancelAnimationFrame(frame);
			removeEventListener('scroll', kick, { capture: true });
			removeEventListener('resize', kick);
		};
	}, [n]);
	return { box, ...seen };
}
