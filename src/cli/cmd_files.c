/* `ward files`: what `ward sense net --files` kept, opened and erased. */
#include "base/fd.h"
#include "base/json.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "sense/net/carve/erase.h"
#include "sense/net/carve/seal.h"
#include "sense/net/carve/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int open_folder(const struct ward_cmd *cmd, const char *dir, int *ret_fd)
{
	*ret_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? ward_cli_fail(cmd, "%s: %s", dir, strerror(errno)) : WARD_EXIT_DONE;
}

static void put_erased(struct ward_wr *w, const char *name, const struct ward_spool_erased *e)
{
	char hex[2 * sizeof(e->sum)];
	struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));
	struct ward_json j = ward_json_on(w);

	ward_wr_hex(&h, ward_slice_of(e->sum, sizeof(e->sum)));
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "file_erased");
	ward_json_put_z(&j, "name", name);
	ward_json_put_time(&j, "time", ward_clock_now(ward_clock_system()));
	ward_json_put_u64(&j, "bytes", e->bytes);
	ward_json_put_str(&j, "sha256_stored", ward_wr_text(&h));
	ward_json_put_bool(&j, "sealed", e->sealed);
	if (e->sealed)
		ward_json_put_bool(&j, "key_was_there", e->key_was_there);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static int erase_one(const struct ward_cmd *cmd, int dir, const char *name, struct ward_wr *w)
{
	struct ward_spool_erased e;
	enum ward_err err = ward_spool_erase(dir, name, &e);

	if (!err) {
		put_erased(w, name, &e);
		return WARD_EXIT_DONE;
	}
	if (err == WARD_ERR_IO)
		return ward_cli_fail(cmd, "%s: %s; it may still be there", name, strerror(errno));
	(void)ward_cli_fail(cmd, "%s: %s", name,
		err == WARD_ERR_NOT_FOUND ? "there is no such file"
					  : "this is no name that 'ward sense net --files' gives");
	return WARD_EXIT_INPUT;
}

static int run_erase(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 16 << 20);
	int dir, rc;

	if (argc < 3 || argv[1][0] == '-')
		return ward_cli_usage(cmd, "of which folder which files?");
	rc = open_folder(cmd, argv[1], &dir);
	if (rc)
		return rc;
	for (int i = 2; i < argc; i++) {
		int one = erase_one(cmd, dir, argv[i], &w);

		rc = one > rc ? one : rc;
	}
	(void)close(dir);
	if (!ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	return rc;
}

const struct ward_cmd ward_cmd_files_erase = {
	.name = "files erase",
	.summary = "erase files that 'ward sense net --files' kept, with a receipt of each",
	.help = "usage: ward files erase DIR NAME…\n\n"
		"Of a sealed file its key goes first: overwritten, removed, on disk; then the "
		"file.\n"
		"Of others the content is overwritten and removed; what a copying file system or "
		"a\n"
		"flash disk keeps below is out of reach, so seal what must be gone for sure "
		"(ward\n"
		"sense net --files-key). Each is said as a JSON line: its name, which has the "
		"hash of\n"
		"what was in it, its length and the SHA-256 of what lay there.\n\n"
		"Exit: 0 all erased, 1 one was not there, 2 usage, 3 one could not be erased.\n",
	.run = run_erase,
};

struct opened {
	const struct ward_cmd *cmd;
	const char *name;
	int in, out;
	uint8_t sealed[WARD_SEAL_SEALED], secret[WARD_SEAL_KEY];
};

static bool read_all(int fd, uint8_t *p, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = read(fd, p + at, len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static int changed(const struct opened *o)
{
	(void)ward_cli_fail(o->cmd, "%s was changed, or is not whole", o->name);
	return WARD_EXIT_INPUT;
}

static int copy(const struct opened *o)
{
	uint8_t head[WARD_SEAL_HEAD], in[WARD_SEAL_PIECE + WARD_SEAL_MORE], out[WARD_SEAL_PIECE];
	struct ward_seal s;

	if (!read_all(o->in, head, sizeof(head)))
		return changed(o);
	enum ward_err err =
		ward_unseal_begin(&s, ward_slice_of(head, sizeof(head)), o->sealed, o->secret);

	if (err == WARD_ERR_DENIED)
		return ward_cli_fail(o->cmd, "%s was sealed for another key", o->name);
	if (err)
		return changed(o);
	while (!s.ended) {
		size_t len, n;

		if (!read_all(o->in, in, 4) || !(len = ward_unseal_size(in)) ||
			!read_all(o->in, in, len) ||
			ward_unseal_piece(&s, ward_slice_of(in, len), out, &n) != WARD_OK)
			return changed(o);
		if (n && !ward_fd_write(o->out, ward_slice_of(out, n)))
			return ward_cli_fail(o->cmd, "cannot write: %s", strerror(errno));
	}
	ward_wipe(&s, sizeof(s));
	return read(o->in, in, 1) == 0 ? WARD_EXIT_DONE : changed(o);
}

static int read_sealed_key(struct opened *o, int dir)
{
	char key[WARD_SPOOL_NAME];
	bool sealed;
	size_t n = strlen(o->name);

	if (!ward_spool_is_name(o->name, &sealed) || !sealed) {
		(void)ward_cli_fail(o->cmd, "%s: this is no name of a sealed file", o->name);
		return WARD_EXIT_INPUT;
	}
	(void)snprintf(key, sizeof(key), "%.*s.key", (int)(n - strlen(".sealed")), o->name);
	int fd = openat(dir, key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = fd >= 0 && read_all(fd, o->sealed, sizeof(o->sealed));

	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		return ward_cli_fail(o->cmd, "the key of %s is gone: it was erased", o->name);
	o->in = openat(dir, o->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return o->in < 0 ? ward_cli_fail(o->cmd, "%s: %s", o->name, strerror(errno))
			 : WARD_EXIT_DONE;
}

static int open_one(struct opened *o, int dir, const char *to)
{
	int rc = read_sealed_key(o, dir);

	if (rc)
		return rc;
	o->out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->out < 0)
		rc = ward_cli_fail(o->cmd, "cannot write '%s': %s", to, strerror(errno));
	else
		rc = copy(o);
	(void)close(o->in);
	if (o->out < 0)
		return rc;
	if (close(o->out) != 0 && !rc)
		rc = ward_cli_fail(o->cmd, "cannot write '%s': %s", to, strerror(errno));
	if (rc)
		(void)unlink(to);
	return rc;
}

static int run_open(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct opened o = {.cmd = cmd};
	int dir, rc;

	if (argc != 6 || strcmp(argv[1], "--key") != 0)
		return ward_cli_usage(
			cmd, "with which --key, of which folder which file, to where?");
	o.name = argv[4];
	rc = ward_cli_clip_key(cmd, argv[2], o.secret);
	if (!rc)
		rc = open_folder(cmd, argv[3], &dir);
	if (!rc) {
		rc = open_one(&o, dir, argv[5]);
		(void)close(dir);
	}
	ward_wipe(&o, sizeof(o));
	return rc;
}

const struct ward_cmd ward_cmd_files_open = {
	.name = "files open",
	.summary = "decrypt a file that 'ward sense net --files --files-key' kept",
	.help = "usage: ward files open --key FILE DIR NAME TO\n\n"
		"Writes the content of DIR/NAME (SHA256.sealed) to TO, which must not be there, "
		"with\n"
		"the secret key that 'ward clip key' made beside the public one. What comes out "
		"may be\n"
		"harmful: open it where that does not matter. A file that was changed leaves "
		"nothing.\n\n"
		"Exit: 0 done, 1 it is no such file, or was changed, 2 usage, 3 could not run.\n",
	.run = run_open,
};
