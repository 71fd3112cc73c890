/* Programs that ask with a certificate: which one it is, TLS has proved, and machines.yml says.
 * What they have here is like a session, but `login` knows nothing of it, so nothing that goes
 * through `login` can be had by it: no decision, no account; but files that it hands in, of which
 * `login` knows which machines may. */
#include "run/proc/api.h"

#include <sodium.h>
#include <stdio.h>

void serve_machines_read(struct server *s)
{
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	const struct ward_machines_in in = {s->m, &s->known.lim, ward_mem_heap(), &d};
	enum ward_err err = ward_machines_load(&in, serve_setting(s, "hospital"), &s->machines);

	ward_diag_fini(&d);
	if (err)
		ward_process_die(&s->p, WARD_MACHINES_FILE, err);
	for (size_t i = 0; i < s->machines.n; i++) {
		const struct ward_machine *m = &s->machines.m[i];
		struct serve_session *x = &s->machine[i];

		*x = (struct serve_session){.used = true, .is_machine = true};
		(void)snprintf(s->machine_id[i], sizeof(s->machine_id[i]),
			WARD_MACHINE_PREFIX "%.*s", WARD_STR_ARG(m->id));
		randombytes_buf(x->key, sizeof(x->key)); /* no token has it */
		x->is = (struct ward_session){.person = ward_str_z(s->machine_id[i]),
			.name = m->name,
			.rights = m->rights,
			.n_place = m->n_place,
			.language = WARD_STR(""),
			.expires = INT64_MAX};
		for (size_t k = 0; k < m->n_place; k++)
			x->is.place[k] = m->place[k];
	}
}

struct serve_session *serve_machine_shown(
	struct server *s, const struct ward_httpd_ask *a, const char **ret_why)
{
	struct ward_httpd_shown shown;
	ward_ns now = ward_clock_now(s->p.clock);

	*ret_why = NULL;
	if (!s->machines.n || !ward_httpd_shown(a, &shown))
		return NULL;
	const struct ward_machine *m = ward_machine_of(&s->machines, shown.print);
	bool good = m && now >= shown.from && now < shown.until;

	*ret_why = good ? "api.machine_requests"
		   : m  ? "api.machine_certificates_over"
			: "api.machine_strangers";
	return good ? &s->machine[m - s->machines.m] : NULL;
}

struct serve_session *serve_machine_of(struct server *s, const struct ward_httpd_ask *a)
{
	const char *why;
	struct serve_session *who = serve_machine_shown(s, a, &why);

	if (why)
		ward_count_name(&s->p.counters, why, 1);
	return who;
}

const uint8_t *serve_machine_print(const struct server *s, const struct serve_session *who)
{
	return s->machines.m[who - s->machine].print;
}
