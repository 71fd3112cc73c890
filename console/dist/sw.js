/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "dcf3e2e822002d2f";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-Csk9Z7iy.js","/assets/account-oTio1RCA.css","/assets/asset-C7Bi7P_H.js","/assets/assets-C3UiNaeJ.js","/assets/bulk-PZpyx3Zk.js","/assets/camera-CROBCGK7.css","/assets/camera-CT_Z77um.js","/assets/care-ByYp-Y5h.js","/assets/chance-BOgEQ9UR.css","/assets/chance-DKCiuzga.js","/assets/clocks-Dxat7s3x.js","/assets/config-D8XoxlIu.js","/assets/config-FtS1ocpy.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-CTLckVZC.js","/assets/decide-DIF4zT2k.js","/assets/draft-DVQ9dTAf.js","/assets/events-B7XEydF3.js","/assets/evidence-DpIqp4I2.js","/assets/exercise-CnWwICfF.js","/assets/fr-DiPDChyS.js","/assets/held-fLfrtmT-.js","/assets/incident-Bl_RRbyr.js","/assets/incident-CQP9JGJX.css","/assets/index-40ugofiX.css","/assets/index-BfcvUEHc.js","/assets/it-C9csgh9S.js","/assets/kept-BXNAjhr-.js","/assets/know-BYcfrR_g.css","/assets/law-Bnj2DpYP.js","/assets/law-FWytmPbz.css","/assets/nl-CL_xLueX.js","/assets/notices-D5aiGT1L.js","/assets/people-BhXyUhJ9.js","/assets/persons-DtzglUAr.js","/assets/prevention-dxMyd2HO.js","/assets/privacy-_SKHMcrt.js","/assets/processing-CsCHkenB.js","/assets/proof-Byv68Ueq.css","/assets/proof-ORUPRdk5.js","/assets/register-GlTHmeCV.js","/assets/report-DBESwjWd.js","/assets/reports-CdzXEpYB.js","/assets/sealed-Clvg2XqN.js","/assets/seen-BL9EiBiY.js","/assets/setup-BJy-RsQ3.js","/assets/setup-BrtfUWBq.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-B7995JxI.js","/assets/state-BF30zXUV.css","/assets/state-Bc8pxSPz.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-DvGo5pYJ.js","/assets/window-Bkp8Hivy.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
