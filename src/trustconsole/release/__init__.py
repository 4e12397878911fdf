"""What the project ships, verified before it is unpacked or pulled: releases and images."""
