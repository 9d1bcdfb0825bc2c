// The glyph of a node: signed distance to its shape, body, fill from the bottom, outline.
in vec2 v_at;
in float v_radius;
flat in ivec2 v_shape;
flat in vec2 v_levels;
flat in vec3 v_outline;
flat in vec3 v_fill;

uniform vec3 u_camera;
uniform float u_ratio;
uniform vec3 u_body;
uniform float u_dots;  // 1: silhouettes in the outline's colour, for small sizes

out vec4 o_colour;

const float kPi = 3.14159265;

float rounded_square(vec2 p, float r) {
  float corner = min(4.0 * u_camera.z, r * 0.4);
  vec2 q = abs(p) - vec2(r * 0.88 - corner);
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - corner;
}

float polygon(vec2 p, float r, float sides) {
  float corner = min(3.0 * u_camera.z, r * 0.25);
  float step = 2.0 * kPi / sides;
  // Fold into the wedge around the nearest side; the first corner points up.
  float angle = atan(p.x, -p.y);
  angle = mod(angle, step) - step * 0.5;
  vec2 q = length(p) * vec2(sin(angle), cos(angle));
  float inner = (r - corner / cos(step * 0.5)) * cos(step * 0.5);
  float half_side = inner * tan(step * 0.5);
  vec2 d = vec2(max(abs(q.x) - half_side, 0.0), q.y - inner);
  return (d.x > 0.0 && d.y > 0.0 ? length(d) : d.y) - corner;
}

float cloud(vec2 p, float r) {
  p /= r;
  float d = length(p - vec2(-0.5, 0.16)) - 0.42;
  d = min(d, length(p - vec2(-0.12, -0.18)) - 0.52);
  d = min(d, length(p - vec2(0.42, -0.02)) - 0.44);
  d = min(d, length(p - vec2(0.62, 0.24)) - 0.34);
  d = min(d, length(p - vec2(0.05, 0.24)) - 0.34);
  return d * r;
}

float shape(vec2 p, float r) {
  if (v_shape.x == 0) return rounded_square(p, r);
  if (v_shape.x == 1) return length(p) - r;
  if (v_shape.x == 2) return cloud(p, r);
  return polygon(p, r, float(v_shape.x));
}

float cover(float d) {
  return clamp(0.5 - d * u_ratio, 0.0, 1.0);
}

void main() {
  float d = shape(v_at, v_radius);
  float inside = cover(d);
  if (inside <= 0.0) discard;
  if (u_dots > 0.5) {
    float dot_alpha = inside * v_levels.x;
    o_colour = vec4(v_outline * dot_alpha, dot_alpha);
    return;
  }
  float line = clamp(3.0 * u_camera.z, 1.0, 3.5);
  float surface = v_radius * (1.0 - 2.0 * v_levels.y);
  float filled = v_levels.y > 0.0 ? cover((surface - v_at.y)) : 0.0;
  vec3 body = mix(u_body, v_fill, filled * 0.9);

  float ring = inside * (1.0 - cover(d + line));
  if ((v_shape.y & 1) != 0) {
    float inner = d + line + 2.0 * u_camera.z;
    ring = max(ring, cover(inner) * (1.0 - cover(inner + max(1.0, line * 0.5))));
  }
  if ((v_shape.y & 2) != 0) {
    float turn = atan(v_at.y, v_at.x) / (2.0 * kPi) * 14.0;
    ring *= smoothstep(0.0, 0.08, abs(fract(turn) - 0.5) - 0.16);
  }
  // A faint glyph fades into its own body, not into the edges that pass below it.
  vec3 colour = mix(u_body, mix(body, v_outline, ring), v_levels.x);
  o_colour = vec4(colour * inside, inside);
}
