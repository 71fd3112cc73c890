#include "run/proc/playbook_know.h"

#include "base/fd.h"
#include "run/stopped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 8192, HEX = 64 };

static void log_findings(struct ward_process *p, struct ward_diag *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(&p->log, ERROR, "playbook.finding",
				WARD_KV_S("file", d->item[i].file),
				WARD_KV_U("line", d->item[i].line),
				WARD_KV_S("what", d->item[i].what),
				WARD_KV_S("mend", d->item[i].mend));
}

/* A folder that is not there holds none. */
static void take_folder(
	struct ward_process *p, struct playbook_known *k, const char *dir, const char *sub)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_playbook_list_add(&k->list, dir, sub, &k->lim, &diag);

	if (err)
		ward_process_die(p, "the playbooks", err);
	log_findings(p, &diag);
	ward_diag_fini(&diag);
}

static bool copy(const char *from, const char *to)
{
	static uint8_t buf[64 << 10];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out =
		in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n = -1;

	while (out >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (!ward_fd_write(out, (struct ward_slice){buf, (size_t)n})) {
			n = -1;
			break;
		}
	bool ok = out >= 0 && n == 0 && fsync(out) == 0;

	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return ok;
}

/* Under its name there is all of it, or nothing. */
static void keep_copy(struct ward_process *p, const char *dir, const struct ward_playbook *b)
{
	char to[PATH_BYTES], fresh[PATH_BYTES], from[PATH_BYTES], hex[HEX + 1];

	for (size_t i = 0; i < 32; i++)
		(void)snprintf(&hex[2 * i], 3, "%02x", b->hash[i]);
	(void)snprintf(to, sizeof(to), "%.4000s/%s.json", dir, hex);
	(void)snprintf(fresh, sizeof(fresh), "%.4000s/%s.new", dir, hex);
	(void)snprintf(from, sizeof(from), "%.*s", WARD_STR_ARG(ward_str_sub(b->file, 0, 4096)));
	if (access(to, F_OK) == 0)
		return;
	if (!copy(from, fresh) || rename(fresh, to) != 0)
		ward_process_die(p, "cannot keep a copy of a playbook", WARD_ERR_IO);
}

static void check(struct ward_process *p, struct playbook_known *k)
{
	const struct ward_playbook_world world = {
		.m = k->m, .t = ward_model_threats(k->m), .never = k->never, .others = &k->all};

	for (size_t i = 0; i < k->list.n; i++) {
		struct ward_diag diag;

		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_playbook_check(k->list.item[i], &world, &diag);

		if (err == WARD_ERR_NOMEM)
			ward_process_die(p, "out of memory", err);
		if (i < k->n_now)
			log_findings(p, &diag);
		ward_diag_fini(&diag);
	}
}

void playbook_know(struct ward_process *p, const char *dir, struct playbook_known *k)
{
	const char *hospital = ward_process_setting(p, "hospital");
	const char *content = ward_process_setting(p, "content");
	struct ward_diag diag;

	if (!hospital || !content)
		ward_process_die(p, "hospital, content", WARD_ERR_CONFIG);
	ward_process_limits(p, &k->lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_model_load(hospital, content, &k->lim, ward_mem_heap(), &diag, &k->m);

	ward_stopped_mark(p, k->m);
	if (!err) /* of a plan of evacuation nothing is known here: no door is acted on */
		err = ward_playbook_never_new(k->m, NULL, ward_mem_heap(), &k->never);
	ward_diag_fini(&diag);
	if (err)
		ward_process_die(p, "the hospital", err);
	take_folder(p, k, hospital, "/playbooks");
	take_folder(p, k, content, "/playbooks");
	k->n_now = k->list.n;
	(void)umask(077);
	if (dir && mkdir(dir, 0700) != 0 && errno != EEXIST)
		ward_process_die(p, "cannot make the folder", WARD_ERR_IO);
	for (size_t i = 0; dir && i < k->n_now; i++)
		keep_copy(p, dir, k->list.item[i]);
	if (dir)
		take_folder(p, k, dir, "");
	k->all = (struct ward_playbooks){.item = k->list.item, .n = k->list.n, .never = k->never};
	check(p, k);
}

void playbook_forget(struct playbook_known *k)
{
	ward_playbook_list_fini(&k->list);
	ward_playbook_never_free(k->never);
	ward_model_free(k->m);
}
