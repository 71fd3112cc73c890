/* Who is signed in: what `login` knows of people and places, its socket, and the code by which the
 * first one signs in. */
#include "run/live_people.h"

#include "desk/profiles.h"
#include "run/local.h"
#include "run/login_client.h"
#include "run/signers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TEXT_BYTES = 1 << 30, FIRST_BYTES = WARD_PERSON_TEXT + 128 };

static struct ward_str id_of(const struct live *l, uint32_t node)
{
	if (node == WARD_NONE)
		return (struct ward_str){NULL, 0};
	return ward_model_node(l->m, node)->id;
}

static void put_person(struct ward_wr *w, const struct live *l, const struct ward_profiles *rights,
	const struct ward_person *p)
{
	struct ward_session s = {.person = p->id,
		.name = p->name,
		.language = p->language.len ? p->language : ward_model_hospital(l->m)->language,
		.n_role = p->n_role,
		.n_place = p->n_place,
		.rights = ward_profiles_rights(rights, l->m, p)};

	for (size_t i = 0; i < p->n_role; i++)
		s.role[i] = id_of(l, p->role[i]);
	for (size_t i = 0; i < p->n_place; i++)
		s.place[i] = id_of(l, p->place[i]);
	ward_signers_put_person(w, &s);
}

/* The rooms that a service has, as what is shown of it goes by them, too. */
static void put_hosts(struct ward_wr *w, const struct live *l, uint32_t service)
{
	size_t n, n_room = 0;
	const struct ward_rel *in = ward_model_in(l->m, service, &n);

	for (size_t i = 0; i < n; i++)
		if (in[i].type == WARD_REL_HOSTS &&
			ward_model_node(l->m, in[i].node)->kind == WARD_NODE_ROOM) {
			ward_signers_put_host(w, id_of(l, service), id_of(l, in[i].node));
			n_room++;
		}
	if (!n_room)
		ward_signers_put_host(w, id_of(l, service), WARD_STR(""));
}

static void put_nodes(struct ward_wr *w, const struct live *l)
{
	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		const struct ward_node *n = ward_model_node(l->m, i);
		const struct ward_signers_node x = {
			n->id, id_of(l, n->parent), id_of(l, n->zone), id_of(l, n->network)};

		if (n->kind == WARD_NODE_SERVICE)
			put_hosts(w, l, i);
		else if (n->kind != WARD_NODE_ROLE)
			ward_signers_put_node(w, &x);
	}
}

enum ward_err live_load_rights(struct live *l, struct ward_profiles *ret)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_profiles_load(l->o->content, l->o->lim, ward_mem_heap(), &diag, ret);

	if (err && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_RIGHTS_FILE);
	ward_diag_fini(&diag);
	return err;
}

static enum ward_err hand_people(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	struct ward_profiles rights;
	enum ward_err err = live_load_rights(l, &rights);
	bool some = false;

	for (size_t i = 0; !err && i < l->people.n; i++) {
		put_person(&w, l, &rights, &l->people.p[i]);
		some = some || ward_profiles_rights(&rights, l->m, &l->people.p[i]) &
				       WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER);
	}
	l->nobody_administers = !some;
	if (!err)
		put_nodes(&w, l);
	if (!err)
		live_put_directory(&w, l, &rights);
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM
				      : live_hand_text(l, l->number[P_LOGIN], "people", &w);
	ward_profiles_free(&rights);
	ward_wr_fini(&w);
	return err;
}

/* A file in memory into which login writes the first one's code, since arguments and logs can be
 * read by others. */
static enum ward_err hand_first(struct live *l)
{
	int fd;

	l->first = memfd_create("first", MFD_CLOEXEC);
	fd = l->first < 0 ? -1 : fcntl(l->first, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return live_because(l, WARD_ERR_IO, "a file in memory");
	enum ward_err err = ward_supervisor_hand(l->s, l->number[P_LOGIN], "first", fd);

	if (err)
		(void)close(fd);
	return err;
}

enum ward_err live_set_login(struct live *l)
{
	size_t number = l->number[P_LOGIN];
	char owner[16];
	int fd;
	enum ward_err err =
		ward_local_listen(l->o->state, WARD_LOGIN_SOCKET, WARD_LOCAL_OWNER, &fd);

	if (err)
		return live_because(l, err, "the socket of accounts in the state folder");
	err = ward_supervisor_hand(l->s, number, "listener", fd);
	if (err) {
		(void)close(fd);
		return err;
	}
	(void)snprintf(owner, sizeof(owner), "%u", (unsigned)geteuid());
	err = ward_supervisor_set(l->s, number, "owner", owner);
	if (!err)
		err = ward_supervisor_set(l->s, number, "content", l->o->content);
	if (!err)
		err = hand_people(l);
	if (!err)
		err = hand_first(l);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_JOURNAL]);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_DESK]);
}

static void print(const struct live *l, struct ward_wr *w)
{
	FILE *to = l->o->json ? stderr : stdout;

	ward_wr_ch(w, '\n');
	(void)fwrite(w->p, 1, w->len, to);
	(void)fflush(to);
}

/* How whoever watches an exercise approves for somebody, in words that this shell takes. */
static void say_codes(struct live *l, struct ward_wr *w)
{
	ward_wr_ch(w, '\n');
	ward_say(w, l->o->lang, WARD_TEXT("A code to approve what is proposed in this exercise:"));
	ward_wr_printf(w, "\n  %s act code --state %s ", program_invocation_name, l->o->state);
	for (size_t i = 0; i < l->people.n; i++)
		ward_wr_printf(w, "%s%.*s", i ? "|" : "", WARD_STR_ARG(l->people.p[i].id));
}

void live_say_first(struct live *l)
{
	char text[FIRST_BYTES];

	if (!l->console.url[0]) /* there is nowhere to sign in */
		return;
	ssize_t n = l->first < 0 ? 0 : pread(l->first, text, sizeof(text), 0);
	struct ward_str rest = {text, n > 0 ? (size_t)n : 0}, name = ward_str_cut(&rest, '\n'),
			code = ward_str_cut(&rest, '\n');
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);

	if (l->nobody_administers) {
		l->nobody_administers = false; /* said once */
		ward_say(&w, l->o->lang,
			WARD_TEXT("Nobody can administer the console: add `console: "
				  "[administrator]` to a person of people.yml, and start Ward "
				  "anew."));
		print(l, &w);
	}
	ward_wr_reset(&w);
	if (code.len && rest.p) { /* the whole of it is there */
		WARD_SAY(&w, l->o->lang,
			WARD_TEXT("First sign-in to the console: {name}, by the one-time code "
				  "{code} (for a day)"),
			{"name", name}, {"code", code});
		/* a browser sends nothing of it behind '#' */
		ward_wr_printf(&w, "\n  %ssign-in#code=%.*s", l->console.url, WARD_STR_ARG(code));
		if (l->o->scenario && live_acts(l)) {
			ward_wr_ch(&w, '\n');
			say_codes(l, &w);
		}
		print(l, &w);
		if (ftruncate(l->first, 0) != 0)
			WARD_LOG(l->o->log, ERROR, "login.first", WARD_KV_E(WARD_ERR_IO));
	}
	if (w.p)
		ward_wipe(w.p, w.cap);
	ward_wr_fini(&w);
	ward_wipe(text, sizeof(text));
}
