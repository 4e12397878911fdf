# digest: SHA-256 of the regular file $path (links followed), or absent, special, unreadable.
digest() {
    if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo absent; return; fi
    if [ ! -f "$path" ]; then echo special; return; fi
    sum=$(sha256sum <"$path" 2>/dev/null) || { echo unreadable; return; }
    echo "${sum%% *}"
}
