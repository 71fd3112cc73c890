/* From the least to the most likely; of two numbers the one in the other. The words stand beside. */
import type { JSX } from 'preact';
import '../prevention.css';

export const Chance = ({ lo, hi }: { lo: number; hi: number }): JSX.Element => (
	<svg class="chance" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
		<rect class="chance-hi" width={100 * hi} height="8" /><rect class="chance-lo" width={100 * lo} height="8" />
	</svg>
);
