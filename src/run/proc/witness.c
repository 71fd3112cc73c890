/* The witness: a small process on a third machine, which remembers who of two leads.
 *
 * Each connection shows a certificate that it trusts. A claim is answered once what follows of it
 * is on the disk (standby/witness.h); it looks at no clock, and its restart changes nothing. */
#include "run/proc/tie.h"
#include "standby/witness.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { TIES = 8, MEMORY = 512 << 20 };

struct server {
	struct ward_process p;
	struct ward_io_dir dir;
	struct ward_witness w;
	struct log_tls_server *tls;
	int listener;
	struct tie tie[TIES];
	size_t next; /* the connection that makes room */
};

static void open_all(struct server *s)
{
	const char *certificate = ward_process_setting(&s->p, "certificate"),
		   *key = ward_process_setting(&s->p, "key"),
		   *trust = ward_process_setting(&s->p, "trust"),
		   *dir = ward_process_setting(&s->p, "dir");
	char why[LOG_TLS_WHY] = "certificate, key, trust and dir are needed";
	uint8_t sum[EVP_MAX_MD_SIZE];
	enum ward_err err;
	size_t n;

	s->listener = ward_process_need_fd(&s->p, "listener");
	s->p.memory_max_bytes = MEMORY;
	/* OpenSSL reads its configuration with its first use: that must be before the cage. */
	if (setenv("TZ", "UTC0", 1) != 0 ||
		EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1 || !certificate || !key ||
		!trust || !dir ||
		log_tls_server_new(certificate, key, trust, why, &s->tls) != WARD_OK)
		ward_process_die(&s->p, why, WARD_ERR_CONFIG);
	for (size_t i = 0; i < TIES; i++)
		tie_init(&s->tie[i], &s->p, "one of the two");
	err = ward_io_dir_open(&s->dir, dir, true, true);
	if (err)
		ward_process_die(&s->p, "its folder", err);
	ward_process_cage(&s->p, WARD_CAGE_FILES | WARD_CAGE_LISTEN, dir);
	err = ward_witness_read(&s->dir.io, &s->w);
	if (err && err != WARD_ERR_NOT_FOUND)
		ward_process_die(&s->p, "what it remembers", err);
	WARD_LOG(&s->p.log, INFO, "witness.open", WARD_KV_U("epoch", s->w.epoch),
		WARD_KV_Z("leader", s->w.leader), WARD_KV_I("alone", s->w.alone));
}

static const char *want_name(enum ward_witness_want w)
{
	static const char *const name[WARD_WITNESS_WANTS] = {
		"ask", "first", "alone", "pair", "take", "force"};

	return w < WARD_WITNESS_WANTS ? name[w] : "unknown";
}

static void on_claim(struct server *s, struct tie *t, const struct ward_standby_frame *f)
{
	enum ward_witness_want want = (enum ward_witness_want)f->want;
	struct ward_witness w = s->w;
	bool yes;

	if (f->type != WARD_STANDBY_CLAIM) {
		tie_hang_up(t);
		return;
	}
	yes = ward_witness_decide(&w, want, f->node, f->next);
	if (yes && want != WARD_WITNESS_ASK) {
		enum ward_err err = ward_witness_write(&s->dir.io, &w);

		if (err) /* nobody knows what is on the disk: the next life reads it */
			ward_process_die(&s->p, "what it remembers", err);
		s->w = w;
	}
	if (want != WARD_WITNESS_ASK)
		WARD_LOG(&s->p.log, INFO, "witness.claim", WARD_KV_S("node", f->node),
			WARD_KV_Z("want", want_name(want)), WARD_KV_I("granted", yes),
			WARD_KV_U("epoch", s->w.epoch));
	tie_put(t, &(struct ward_standby_frame){.type = WARD_STANDBY_VERDICT,
			   .epoch = s->w.epoch,
			   .node = s->w.epoch ? ward_str_z(s->w.leader) : WARD_STR("nobody"),
			   .next = s->w.version,
			   .yes = yes,
			   .alone = s->w.alone});
	(void)tie_turn(t);
}

static void accept_one(struct server *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	size_t i = 0;

	if (fd < 0)
		return;
	while (i < TIES && tie_open(&s->tie[i]))
		i++;
	if (i == TIES)
		i = s->next++ % TIES;
	tie_accept(&s->tie[i], s->tls, fd);
}

static void turn(struct server *s)
{
	struct pollfd p[1 + 2 * TIES];
	struct ward_standby_frame f;

	p[0] = (struct pollfd){s->listener, POLLIN, 0};
	for (size_t i = 0; i < TIES; i++)
		tie_poll(&s->tie[i], p + 1 + 2 * i);
	if (poll(p, WARD_ARRAY_LEN(p), 1000) < 0 && errno != EINTR)
		ward_process_die(&s->p, "poll", WARD_ERR_IO);
	if (p[0].revents)
		accept_one(s);
	for (size_t i = 0; i < TIES; i++) {
		(void)tie_turn(&s->tie[i]);
		while (tie_next(&s->tie[i], &f))
			on_claim(s, &s->tie[i], &f);
	}
}

int main(int argc, char **argv)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "witness", argc, argv);
	open_all(s);
	while (!ward_process_stopping()) {
		turn(s);
		ward_process_count(&s->p);
	}
	return ward_process_end(&s->p);
}
