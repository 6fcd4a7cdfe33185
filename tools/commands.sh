# SPDX-License-Identifier: EUPL-1.2
# What ./run, ./test and ./bench share; they read it with "." after changing to the checkout. POSIX sh.
#   say TEXT                 to standard error
#   die TEXT                 the same, and ends with status 1
#   absolute PATH            prints it as an absolute path, seen from where the command was called
#   become_user CMD ARG...   called as root: starts ./CMD again as an unprivileged user, and does not return
#   build_in DIR OPTION...   configures DIR with meson if need be, and builds what has changed

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

called_from=${called_from:-$PWD}
absolute() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s/%s\n' "$called_from" "$1" ;;
	esac
}

# Nothing that we build, test or serve runs as root. The user is the owner of the checkout; if that is root,
# it is the system user "schalter", who gets the folders below and nothing else.
OWN_DIRS='build build-asan build-fuzz .cache data'
become_user() {
	[ "$(id -u)" = 0 ] || return 0
	cmd=$1
	shift
	user=$(stat -c %U .)
	case $user in
	root | UNKNOWN)
		user=schalter
		id "$user" >/dev/null 2>&1 ||
			useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user" ||
			die "cannot create the system user \"$user\"; please call this as a normal user"
		;;
	esac
	group=$(id -g "$user")
	# seen in systems that were unpacked into a private folder: nobody but root can start anything at all there
	case $(stat -c %A /) in
	*x) ;;
	*)
		say 'The root folder / is closed to everybody but root, so that no other user can run a program; opening it (mode 755).'
		chmod 755 /
		;;
	esac
	# a checkout below /root, or one cloned under umask 077, can be read by nobody else: then a copy serves
	setpriv --reuid="$user" --regid="$group" --init-groups -- sh -c '
		cd "$1" 2>/dev/null && [ -x test ] && [ -z "$(find . -maxdepth 1 ! -readable -print -quit 2>&1)" ] &&
		[ -z "$(find src ui services places db tools tests ! -readable -print -quit 2>/dev/null)" ]' sh "$PWD" || mirror_checkout
	if [ -n "${new_data:-}" ]; then
		chown "$user:$group" "$new_data"
	fi
	for dir in $OWN_DIRS; do
		mkdir -p "$dir"
		[ "$(stat -c %U "$dir")" = "$user" ] || chown -R "$user:$group" "$dir"
	done
	mkdir -p .cache/home
	chown "$user:$group" .cache/home
	unset TMPDIR XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND
	export HOME="$PWD/.cache/home" USER="$user" LOGNAME="$user" called_from
	exec setpriv --reuid="$user" --regid="$group" --init-groups --inh-caps=-all -- "./$cmd" "$@"
}

# Copies the checkout (and ../shared, which some tests read) to where the user can read it, and goes there.
mirror_checkout() {
	mirror=/var/cache/schalter/$(printf %s "$PWD" | cksum | cut -d' ' -f1)
	say "The user \"$user\" cannot read $PWD; a copy of it is used: $mirror/main (its build and data are there, too)"
	mkdir -p "$mirror/main"
	chmod 755 /var/cache/schalter "$mirror" "$mirror/main"
	find "$mirror/main" -mindepth 1 -maxdepth 1 ! -name 'build*' ! -name .cache ! -name data -exec rm -rf {} +
	tar -cf - --exclude=./.git --exclude='./build' --exclude='./build-*' --exclude=./data . | tar -C "$mirror/main" --no-same-owner -xf -
	chmod -R go+rX "$mirror/main"
	if [ -d ../shared ]; then
		mkdir -p "$mirror/shared"
		cp -Ru ../shared/. "$mirror/shared/"
		chmod -R go+rX "$mirror/shared"
	fi
	cd "$mirror/main"
}

build_in() {
	dir=$1
	shift
	[ -w "$dir" ] || [ ! -e "$dir" ] || die "$PWD/$dir belongs to $(stat -c %U "$dir"); give it to $(id -un) or remove it"
	export CCACHE_DIR="${CCACHE_DIR:-$PWD/.cache/ccache}"
	wanted="$PWD $*"
	if [ "$(cat "$dir/.configured" 2>/dev/null)" != "$wanted" ]; then
		# the folder itself may lie in a checkout that is not ours: it is emptied, not removed
		[ ! -d "$dir" ] || find "$dir" -mindepth 1 -delete
		mkdir -p "$dir" 2>/dev/null || die "cannot write to $PWD as $(id -un); please call this as the owner of the checkout, or as root"
		meson setup "$dir" "$@" >"$dir/setup.log" 2>&1 || {
			tail -n 30 "$dir/setup.log" >&2
			die "meson could not configure $dir, see above"
		}
		printf '%s' "$wanted" >"$dir/.configured"
	fi
	[ -e "$dir/.ninja_log" ] || say "Compiling; the first time takes a few minutes"
	if [ -t 2 ]; then
		ninja -C "$dir" -j "$(nproc)" >&2 || die "the build in $dir failed, see above"
		return 0
	fi
	ninja -C "$dir" -j "$(nproc)" --quiet >"$dir/build.log" 2>&1 || {
		tail -n 60 "$dir/build.log" >&2
		die "the build in $dir failed, see above and $dir/build.log"
	}
}
