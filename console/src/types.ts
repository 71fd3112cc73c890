/* What the API answers (content/openapi.json). Times are RFC 3339 in UTC; ids of nodes are the model's. */

export type Level = 'critical' | 'high' | 'medium' | 'low' | 'informational';
export const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];

export interface Named { id: string; name: string }

export interface Hospital extends Named {
	city: string; country: string; timezone: string; languages: string[];
	exercise: boolean; /* what is seen is played */
}

export interface Session {
	person: Named; roles: Named[]; rights: string[]; places: Named[];
	language: string; csrf: string; expires: string; hospital: Hospital;
	must_set_password?: boolean;
	post?: boolean; wall?: boolean; /* where: a shared post, a wall screen */
}

/* What this browser is, and who may come back to it by a PIN. */
export interface Device extends Named { kind: 'post' | 'wall'; limit: string; place: string; people: Named[] }

export interface Person extends Named { roles: string[]; account?: 'none' | 'active' | 'disabled' }

export interface Care {
	service: string; name: string; expected?: string;
	likely: 'unlikely' | 'open' | 'possible' | 'likely' | 'certain';
	likelihood: [number, number];
}

export interface Line {
	id: string; row: number; revision: number; level: Level; state: string;
	domain: 'cyber' | 'physical' | 'hybrid';
	first: string; last: string; title: string; on: string; where: string; effect: string; sentence: string;
	nodes: string[]; floors: string[]; signs: number;
	care: Care[]; care_total: number; harm: number;
	first_step: { role: string; role_name: string; reach: string; text: string } | null;
	steps: { role: string; text: string }[]; /* of each role that has one, the first */
	taken: { role: string; at: string; present: boolean } | null; /* not present: its owner went off watch */
	asked: { role: string; role_name: string; at: string } | null; /* to see to it; has not answered yet */
	follows: string | null; joined: string | null; exercise: boolean;
}

export interface Now {
	row: number; at: string; incidents: Line[]; open_total: number;
	floors: { floor: string; open: number; level: Level }[];
	waiting: { approvals: number; requests: number };
	watches: boolean; /* the hospital has a sensor */
}

export interface Floor extends Named { level: number }
export interface Building extends Named { site: string; floors: Floor[] }
export interface Plans { buildings: Building[] }

export interface Room extends Named {
	class: string; zone: string; zone_kind: string;
	x: number; y: number; w: number; h: number; polygon?: [number, number][];
	label?: { x: number; y: number; w: number; h: number; vertical: boolean }; /* where its name stands clear of things */
}
export interface Door extends Named {
	class: string; from: string; to: string; x: number; y: number; vertical: boolean;
	link?: [[number, number], [number, number]]; /* its rooms do not touch: from here to there */
}
export interface Thing extends Named { class: string; kind: string; room: string; x: number; y: number }
/* In metres. */
export interface FloorPlan {
	floor: string; name: string; width: number; height: number; schematic: boolean;
	rooms: Room[]; doors: Door[]; things: Thing[];
}

export interface Found extends Named { kind: string; where: string }

/* One change of the stream /api/v1/events. */
export interface Change {
	row: number;
	kind: 'incident' | 'detection' | 'impact' | 'clip' | 'delivery' | 'run' | 'action' | 'decision' | 'permit' | 'census' | 'exercise';
	id: string; incidents: string[]; level?: Level;
}
