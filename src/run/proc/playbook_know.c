#include "run/proc/playbook_know.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 8192, PLAYBOOKS_MAX = 4096, HEX = 64 };

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

static bool known(const struct playbook_known *k, const uint8_t hash[32])
{
	for (size_t i = 0; i < k->n; i++)
		if (memcmp(k->item[i]->hash, hash, 32) == 0)
			return true;
	return false;
}

static void take(struct ward_process *p, struct playbook_known *k, const char *path)
{
	struct ward_playbook *b = NULL;
	struct ward_diag diag;
	enum ward_err err = ward_mem_more(ward_mem_heap(), &k->item, k->n, &k->cap,
		sizeof(struct ward_playbook *), PLAYBOOKS_MAX);

	if (err)
		ward_process_die(p, "too many playbooks", err);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_playbook_file(path, &k->lim, ward_mem_heap(), &diag, &b);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(p, "out of memory", err);
	log_findings(p, &diag);
	ward_diag_fini(&diag);
	if (!err && !known(k, b->hash))
		k->item[k->n++] = b;
	else if (!err)
		ward_playbook_free(b);
}

static int only_playbooks(const struct dirent *e)
{
	return e->d_name[0] != '.' && ward_str_ends(ward_str_z(e->d_name), WARD_STR(".json"));
}

/* A folder that is not there holds none. */
static void take_folder(
	struct ward_process *p, struct playbook_known *k, const char *dir, const char *sub)
{
	char path[PATH_BYTES], file[2 * PATH_BYTES];
	struct dirent **e;

	(void)snprintf(path, sizeof(path), "%.4000s%s", dir, sub);
	int n = scandir(path, &e, only_playbooks, alphasort);

	for (int i = 0; i < n; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path, e[i]->d_name);
		take(p, k, file);
		free(e[i]);
	}
	if (n >= 0)
		free(e);
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

	for (size_t i = 0; i < k->n; i++) {
		struct ward_diag diag;

		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_playbook_check(k->item[i], &world, &diag);

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

	if (!err) /* of a plan of evacuation nothing is known here: no door is acted on */
		err = ward_playbook_never_new(k->m, NULL, ward_mem_heap(), &k->never);
	ward_diag_fini(&diag);
	if (err)
		ward_process_die(p, "the hospital", err);
	take_folder(p, k, hospital, "/playbooks");
	take_folder(p, k, content, "/playbooks");
	k->n_now = k->n;
	(void)umask(077);
	if (dir && mkdir(dir, 0700) != 0 && errno != EEXIST)
		ward_process_die(p, "cannot make the folder", WARD_ERR_IO);
	for (size_t i = 0; dir && i < k->n_now; i++)
		keep_copy(p, dir, k->item[i]);
	if (dir)
		take_folder(p, k, dir, "");
	k->all = (struct ward_playbooks){.item = k->item, .n = k->n, .never = k->never};
	check(p, k);
}

void playbook_forget(struct playbook_known *k)
{
	for (size_t i = 0; i < k->n; i++)
		ward_playbook_free(k->item[i]);
	ward_mem_free(ward_mem_heap(), k->item, k->cap * sizeof(struct ward_playbook *));
	ward_playbook_never_free(k->never);
	ward_model_free(k->m);
}
