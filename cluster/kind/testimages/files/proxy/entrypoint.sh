#!/bin/sh
mkdir -p /etc/nginx/conf.d
cat > /etc/nginx/conf.d/default.conf <<END
server {
    listen 80;
    location / {
        proxy_pass http://${BACKEND_HOST};
        proxy_set_header Host \$host;
        proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    }
}
END
exec "$@" -g 'daemon off;'
