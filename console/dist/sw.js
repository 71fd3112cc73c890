/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "cc014d54a7cbcd9c";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-DUYqkw4p.js","/assets/asset-DsrhcqCC.js","/assets/assets-DETiKIC-.js","/assets/bulk-Bf6RScdF.js","/assets/camera-C43sMDVy.js","/assets/camera-CROBCGK7.css","/assets/care-BZ9Ga63G.js","/assets/chance-B8iKb-zH.css","/assets/chance-OufEXV-l.js","/assets/config-CgVyhPLr.js","/assets/config-Cofsiyjm.css","/assets/config-D1oiCyXG.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-hAtD1KB9.js","/assets/decide-BhIaJHat.js","/assets/events-CztRAbwL.js","/assets/evidence-DBr9JCSX.js","/assets/fr-DJumen9F.js","/assets/held-Ba4Xt81O.js","/assets/incident-DSiFPZ2s.js","/assets/index-BGakaBSi.js","/assets/index-CN_Z1u8L.css","/assets/it-D_wufK0g.js","/assets/know-BYcfrR_g.css","/assets/law-Bffrezli.js","/assets/law-MTdtYK0S.css","/assets/nl-BMzKll9Z.js","/assets/parts-5JRlQocR.js","/assets/people-BAh_2-IE.js","/assets/prevention-CcEV5G0A.js","/assets/privacy-CDcpeHod.js","/assets/report-8YLzwmcz.js","/assets/reports-GvgnewS-.js","/assets/sealed-DsBsyQsA.js","/assets/seen-BL3Wy44Q.js","/assets/setup-B6-JERXO.js","/assets/setup-DVRX5sfP.css","/assets/signs-DNIDiFdi.js","/assets/state-Ds4VuzBS.css","/assets/state-UqSh9Oli.js","/assets/views-Bs1jURLL.css","/assets/watch-C2LTy8kB.css","/assets/watch-C8SEJZut.js","/assets/window-Do9cqEzX.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
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
